@echo off
chcp 65001 >nul
setlocal
title docgen
pushd "%~dp0"
if errorlevel 1 goto unreachable
set "PYTHONUTF8=1"
set "ENV=%~dp0.docgen-env"
set "OWN=%ENV%\Scripts\python.exe"

rem The environment of an earlier run, if it can still be used.
if not exist "%OWN%" goto find
fc /b "requirements.lock" "%ENV%\docgen.lock" >nul 2>nul
if errorlevel 1 goto find
"%OWN%" -c "import lxml, starlette, uvicorn" >nul 2>nul
if errorlevel 1 goto find
goto open

:find
rem A portable Python beside this file, then those that are installed.
set "BASE="
call :try "%~dp0python\python.exe"
call :try "%~dp0python\tools\python.exe"
call :try py -3.13
call :try py -3.12
call :try py -3.11
call :try py -3
call :try python3
call :try python
if not defined BASE goto absent
%BASE% -c "import lxml, starlette, uvicorn, multipart" >nul 2>nul
if not errorlevel 1 goto portable

call :preparing
%BASE% -m venv --clear "%ENV%"
if errorlevel 1 goto failed
if exist "%~dp0wheels\" goto offline
"%OWN%" -m pip install --disable-pip-version-check --quiet --require-hashes -r "requirements.lock"
if errorlevel 1 goto failed
goto ready

:offline
"%OWN%" -m pip install --disable-pip-version-check --quiet --no-index --find-links "wheels" --require-hashes -r "requirements.lock"
if errorlevel 1 goto failed

:ready
copy /y "requirements.lock" "%ENV%\docgen.lock" >nul
goto open

:portable
%BASE% -m docgen serve %*
goto ended

:open
"%OWN%" -m docgen serve %*

:ended
if errorlevel 1 pause
popd
exit /b

:try
if defined BASE exit /b
%* -c "import sys; sys.exit(sys.version_info < (3, 11))" >nul 2>nul
if errorlevel 1 exit /b
set BASE=%*
exit /b

:stop
echo.
pause
popd
exit /b 1

rem Words that aren't ASCII stand last: cmd counts bytes when it looks for a label.
:preparing
echo 第一次打开，正在准备，要几分钟；以后不用再等。
exit /b

:absent
echo 这台电脑上没有 Python 3.11 或更新的版本，docgen 要用它。
echo.
echo 请到 Python 的官方网站下载 Windows 版安装程序（64 位，3.11、3.12 或 3.13），
echo 安装时勾选“Add python.exe to PATH”，装好以后再双击“打开docgen.cmd”。
echo 不能上网的电脑：在别的电脑上下载好安装程序，用 U 盘拷过来；
echo 或者把免安装的 Python 放进本文件夹下的 python 文件夹。
goto stop

:failed
echo.
echo 没有准备好，上面是原因。
if exist "%~dp0wheels\" goto failedoffline
echo 准备的时候要联网。不能上网的电脑，请换用带 wheels 文件夹的离线包。
goto stop

:failedoffline
echo wheels 文件夹里的库是给 64 位的 Python 3.11 到 3.14 用的，请核对这台电脑上 Python 的版本；
echo 文件夹没有解压完整的，重新解压一次。
goto stop

:unreachable
echo 打不开“%~dp0”。请把整个文件夹复制到这台电脑的硬盘上，再双击“打开docgen.cmd”。
goto stop
