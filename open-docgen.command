#!/bin/sh
# Opens docgen's page by a double click on macOS; docgen.desktop runs it on Linux.
# A Python beside it (python/bin/python3) or any from 3.11 makes the environment on the first run.
cd -- "$(dirname -- "$0")" || exit 1
env="$PWD/.docgen-env"
own="$env/bin/python"
needed="import lxml, starlette, uvicorn"

stop() {
  printf '%s\n' "$@" >&2
  if [ -t 0 ]; then
    printf '\n按回车键关闭。' >&2
    read -r _
  fi
  exit 1
}

is_usable() {
  "$1" -c "import sys; sys.exit(sys.version_info < (3, 11))" >/dev/null 2>&1
}

find_python() {
  for found in "$PWD/python/bin/python3" python3.13 python3.12 python3.11 python3 python \
    /opt/homebrew/bin/python3 /usr/local/bin/python3 /Library/Frameworks/Python.framework/Versions/Current/bin/python3; do
    if is_usable "$found"; then
      printf '%s\n' "$found"
      return
    fi
  done
  return 1
}

prepare() {
  base=$(find_python) || stop \
    "这台电脑上没有 Python 3.11 或更新的版本，docgen 要用它。" "" \
    "macOS：到 Python 的官方网站下载安装程序（3.11、3.12 或 3.13），装好以后再双击 open-docgen.command。" \
    "Linux：用软件管理器安装 python3 和 python3-venv（要 3.11 或更新的），再打开一次。" \
    "不能上网的电脑：在别的电脑上下载好，拷过来安装；或者把免安装的 Python 放进本文件夹下的 python 文件夹。"
  if "$base" -c "$needed, multipart" >/dev/null 2>&1; then
    own=$base
    return
  fi
  echo "第一次打开，正在准备，要几分钟；以后不用再等。" >&2
  "$base" -m venv --clear "$env" ||
    stop "没有准备好，上面是原因。Linux 上多半是没有装 python3-venv，请用软件管理器安装，再打开一次。"
  if [ -d wheels ]; then
    set -- --no-index --find-links wheels
    hint="wheels 文件夹里的库是给 Python 3.11 到 3.14 用的（Linux x86_64、Windows 64 位），请核对这台电脑上 Python 的版本；文件夹没有解压完整的，重新解压一次。"
  else
    set --
    hint="准备的时候要联网。不能上网的电脑，请换用带 wheels 文件夹的离线包。"
  fi
  "$own" -m pip install --disable-pip-version-check --quiet "$@" --require-hashes -r requirements.lock ||
    stop "没有准备好，上面是原因。" "$hint"
  cp requirements.lock "$env/docgen.lock"
}

if ! { cmp -s requirements.lock "$env/docgen.lock" && "$own" -c "$needed" >/dev/null 2>&1; }; then
  prepare "$@"
fi
"$own" -m docgen serve "$@" || stop "docgen 没有打开，上面是原因。"
