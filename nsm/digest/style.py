"""The digest's look, on paper and on the screen: the light colours of the wall."""

from __future__ import annotations

import re

from nsm.wall.style import DAY

_RULES = """
@page{size:A4 landscape;margin:10mm 12mm}
*{box-sizing:border-box}
html{background:@card;color:@text;-webkit-print-color-adjust:exact;print-color-adjust:exact}
body{margin:0;font:14px/1.4 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;
font-variant-numeric:tabular-nums}
main{max-width:820px;margin:0 auto;padding:28px 32px;background:@background}
p,h1,h2,h3,ul{margin:0}
header p{color:@quiet}
h1{font-size:22px;line-height:1.25;margin:4px 0 8px}
h2{font-size:15px;margin-bottom:3px}
h3{font-size:12px;color:@quiet;font-weight:600}
section{margin-top:16px}
ul{padding-left:18px}
li{overflow-wrap:anywhere}
.odd li,tr.odd small{color:@bad}
.odd li::marker{content:"! "}
.tag{background:@sign;color:@onsign;border-radius:4px;padding:1px 6px;font-size:12px}
.small,ul.small{color:@quiet;font-size:12px}
.small{margin-top:4px}
.numbers{display:flex;flex-wrap:wrap;gap:6px 26px;margin-bottom:10px}
.numbers p{color:@quiet;font-size:12px}
.numbers b{font-size:18px}
.six{display:flex;gap:22px}
.six>div:first-child{flex:5 1 0;min-width:0}
.six>div:last-child{flex:7 1 0;min-width:0}
.plot{position:relative;height:140px;border-bottom:1px solid @running}
.plot svg{position:absolute;left:0;top:0;width:100%;height:100%;overflow:visible}
.six table{width:100%;table-layout:fixed;border-collapse:collapse;font-size:10px}
.six th,.six td{text-align:center;padding:1px 0;font-weight:400;overflow:hidden}
.six th{color:@quiet}
.six .before td{color:@quiet}
.six .few th,.six .few td{text-align:right}
.line,.input,.past,.target{fill:none}
.line{stroke:@line}
.input{stroke:@input}
.past{stroke:#aab2bf}
.range{fill:@range}
.target{stroke:@target}
.two{display:flex;flex-wrap:wrap;gap:10px 26px}
.two>div{flex:1 1 320px;min-width:0}
table.all{width:100%;border-collapse:collapse;font-size:11px}
.all th,.all td{text-align:right;padding:3px 0 3px 8px;border-top:1px solid @running;
vertical-align:top;font-weight:400}
.all thead th{border:0;color:@quiet;vertical-align:bottom}
.all th:first-child{text-align:left;padding-left:0;width:26%;overflow-wrap:anywhere}
.all td{overflow-wrap:break-word}
.all tbody th{font-weight:600}
.all small{display:block;font-weight:400;color:@quiet;font-size:10px}
.all .spark{width:72px;padding-left:4px}
.spark svg{width:68px;height:24px;display:block}
footer{margin-top:16px}
@media screen and (max-width:700px){main{padding:16px}.six{flex-direction:column}
.page{overflow-x:auto}table.all{min-width:660px}.six table{font-size:8px}
.two{flex-direction:column}.two>div{flex:none}}
@media print{html{background:none}body{font-size:8.6pt;line-height:1.27}.plot{height:80px}
.small,ul.small{font-size:7.2pt}.log{font-size:7.6pt}table.all{font-size:7pt;line-height:1.15}
.all small{font-size:6.4pt}.all th,.all td{padding-top:1.2pt;padding-bottom:1.2pt}
.spark svg{height:20px}main{max-width:none;padding:0}h1{font-size:13.5pt;margin:2pt 0 4pt}
h2{font-size:10.5pt}.numbers b{font-size:12pt}.numbers{margin-bottom:3pt}
section{margin-top:6pt;break-inside:avoid}
ul.small{columns:3}ul.plans{columns:2}.log .two{flex-wrap:nowrap;gap:14px}.log .two>div{flex:1 1 0}
.page{break-before:page;margin-top:0}tr,li{break-inside:avoid}footer{margin-top:6pt}}
"""

STYLE = re.sub(r"@(?!page|media)(\w+)", lambda found: DAY[found[1]], _RULES).replace("\n", "")
