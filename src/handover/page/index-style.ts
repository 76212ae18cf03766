/** Style of the index: no font, image or script; dark where that is wanted; black on white when it is printed. */
export const INDEX_STYLE = `:root{color-scheme:light dark;--ink:#1b1f27;--soft:#5b6474;--line:#dfe3ea;--paper:#fff;--good:#18794e;--bad:#c62a2f;--mark:#f5f7fa}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ef;--soft:#a3adbd;--line:#2a2f3a;--paper:#12151b;--good:#4cc38a;--bad:#ff8b8b;--mark:#1b202a}}
@media print{:root{--ink:#000;--soft:#333;--line:#bbb;--paper:#fff;--good:#0a5c36;--bad:#a00;--mark:#fff}main{padding:0;max-width:none}.page{break-before:page}tr,.row{break-inside:avoid}thead{display:table-header-group}a{color:inherit;text-decoration:none}body{font-size:10px}.hours{font-size:8px}.days td,.days th{font-size:7px;padding:2px 1px}}
@page{margin:14mm}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:13px/1.5 system-ui,sans-serif}main{max-width:1040px;margin:0 auto;padding:32px 20px}
h1{font-size:22px;margin:0 0 4px}h2{font-size:16px;margin:32px 0 8px}h2,h3{break-after:avoid}h3{font-size:13px;margin:16px 0 4px}p{margin:4px 0 8px;max-width:80ch}.soft{color:var(--soft)}
.good{color:var(--good);font-weight:600}.bad{color:var(--bad);font-weight:600}.verdict{border:1px solid var(--line);border-left:4px solid currentColor;padding:8px 12px;margin:16px 0}.verdict p,.verdict li{color:var(--ink);font-weight:400}
table{border-collapse:collapse;width:100%;margin:8px 0}th,td{text-align:left;padding:3px 10px 3px 0;border-bottom:1px solid var(--line);vertical-align:top}td{overflow-wrap:anywhere}th{font-weight:600;color:var(--soft)}
.facts th{width:190px;white-space:nowrap}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.days td,.days th{text-align:center;padding:2px 3px;font-variant-numeric:tabular-nums;font-size:10px}.days th:first-child{text-align:left;white-space:nowrap}
.state{white-space:nowrap}.days td{overflow-wrap:normal}.hours{font-size:11px}.hours td,.hours th{padding-right:8px}.hours th{white-space:normal}.hours td:nth-child(-n+2){overflow-wrap:break-word}.hours td:first-child{white-space:nowrap}
code,pre{font:11px/1.45 ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere;white-space:pre-wrap}pre{background:var(--mark);border:1px solid var(--line);padding:6px 8px;margin:4px 0}
.row{border-top:1px solid var(--line);padding:8px 0}ul{padding-left:20px;margin:4px 0 8px}li{max-width:90ch;margin:2px 0}footer{margin-top:32px;color:var(--soft);font-size:11px}`;
