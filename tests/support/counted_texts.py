"""Texts and their 字数: the examples of the field and many more."""

from __future__ import annotations

EXACT = [
    # the examples of the field
    ("3-6个月", 3),
    ("GB/T 19001-2016", 2),
    ("98.5%", 1),
    ("5S管理", 3),
    ("95％", 2),
    ("ＡＢＣ１２３", 6),
    ("　　", 0),
    # nothing, spaces
    ("", 0),
    (" \t\r\n\u00a0\u2003", 0),
    ("一 二\u3000三\n四", 4),
    ("word\u00a0word", 2),
    # runs of half-width characters
    ("a", 1),
    ("PDCA", 1),
    ("ISO 9001:2015", 2),
    ("ISO9001", 1),
    ("2024-09-06", 1),
    ("10:30", 1),
    ("www.example.com/a?b=1", 1),
    ("(a) (b)", 2),
    ("a-b c_d", 2),
    ("$3.5/kg", 1),
    ("...", 1),
    ('"quoted" text', 2),
    # half-width beside Chinese
    ("第1名", 3),
    ("增长10.5%左右", 5),
    ("共12人,其中3人", 8),
    ("A类B类", 4),
    ("3个月-6个月", 6),
    ("(一)", 3),
    ("《标准》", 4),
    ("2024年9月6日", 6),
    ("QC小组", 3),
    ("用5W1H分析", 4),
    ("企业 ERP 系统", 5),
    # Chinese punctuation and full-width forms
    ("，。；：？！、", 7),
    ("（）【】〔〕「」『』〈〉", 12),
    ("～", 1),
    ("１００％", 4),
    ("￥100", 2),
    ("ｶﾀｶﾅ", 4),
    ("。。。", 3),
    # other East Asian characters
    ("ひらがな", 4),
    ("カタカナー", 5),
    ("ㄅㄆㄇ", 3),
    ("㎡", 1),
    ("100㎡", 2),
    ("㈠", 1),
    ("〇", 1),
    ("々", 1),
    ("\U00020bb7野家", 3),  # 𠮷, beyond the BMP
    ("\U0002a6a5\U00030000", 2),
    ("\uf9f7", 1),  # a compatibility ideograph
    ("⺀⼀", 2),
    # Hangul is written in words
    ("한국어 단어", 2),
    ("한국어中文", 3),
    # what nobody sees
    ("质\u200b量", 2),
    ("qual\u200bity", 1),
    ("\ufeff质量", 2),
    ("葛\U000e0100城", 2),
    ("e\u0301", 1),
    ("soft\u00adhyphen", 1),
    # beyond the BMP, no ideograph
    ("\U0001f600\U0001f600", 1),
    ("好\U0001f600", 2),
    ("\U0001d400\U0001d401", 1),
]


RANGES = [
    # text, its marks as Latin text sets them, as Chinese text sets them
    ("“一企一策”", 6, 6),
    ("“GB/T 19001”", 2, 4),
    ("——", 1, 2),
    ("是——非", 3, 4),
    ("……", 1, 2),
    ("a—b", 1, 3),
    ("①②③", 1, 3),
    ("第①步", 3, 3),
    ("±5%", 1, 2),
    ("25℃", 1, 2),
    ("25°C", 1, 3),
    ("2×3", 1, 3),
    ("◇◇", 1, 2),
    ("≥95%", 1, 2),
    ("≥95%的", 2, 3),
    ("张·三", 3, 3),
    ("a·b", 1, 3),
    ("it’s", 1, 3),
    ("Ⅱ类", 2, 2),
    ("α", 1, 1),
    ("αβ", 1, 2),
    ("10‰", 1, 2),
    ("№ 5", 2, 2),
    ("□是 ☑否", 4, 4),
    ("1—3家", 2, 4),
    ("\ue000\ue001", 1, 2),
    ("合格率85%→95%", 4, 6),
]
