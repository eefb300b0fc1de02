"""Sixty texts that would make a careless document fetch or read something, and what would notice."""

import base64
import http.server
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

SECRET = "Keepout-of-every-document-7391"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><image href="{}" width="9" height="9"/></svg>'


def packed(kind, text):
    return f"data:{kind};base64,{base64.b64encode(text.encode()).decode()}"


def payloads(there, file):
    """All of them; `there` is a host with a port, `file` an absolute path. The first six go to CI."""
    web, local = f"http://{there}/x", f"file://{file}"
    return [
        f'<img src="{web}">',
        f'<link rel="attachment" href="{local}">',
        f'</style><link rel="stylesheet" href="{web}"><style>@import "{local}";</style>',
        f'<object data="{local}"></object><embed src="{web}">',
        f"url({web}) }}}} {{% include '{file}' %}} {{{{ settings.SECRET_KEY }}}}",
        f'</p></main><iframe src="{local}"></iframe><svg><image href="{web}"/></svg>',
        # images
        f'<img src="{local}">',
        f"<img src=//{there}/x>",
        f'<img src="x" srcset="{web} 2x">',
        f'<picture><source srcset="{web}"><img src="{web}"></picture>',
        f'<img src="{packed("image/svg+xml", SVG.format(web))}">',
        f'<img src="{packed("image/svg+xml", SVG.format(local))}">',
        f"<img src='data:text/html,<iframe src={local}>'>",
        rf'<img src="\\{there}\share\x.png"><img src="file:\\{there}\share\x.png">',
        f'<img src="file://{there}/share/x.png">',
        f'<img src="file://localhost{file}">',
        f'<img src="FiLe://{file}"><img src=" HTTP://{there}/x ">',
        f'<img src="fi&Tab;le://{file}"><img src="ht&NewLine;tp://{there}/x">',
        f'<img src="../../../../../..{file}">',
        f'<img src="ftp://127.0.0.1:9/x"><img src="gopher://{there}/x">',
        f'<img/src="{web}"/onerror="fetch(\'{web}\')">',
        f'<input type="image" src="{web}">',
        f'<video poster="{web}" src="{web}"></video><audio src="{web}"></audio>',
        # links and heads
        f'<link rel="stylesheet" href="{local}">',
        f'<link rel="alternate stylesheet" href="{web}"><link rel="preload" href="{web}">',
        f'<link rel="icon" href="{web}">',
        f'<link rel="attachment" href="{web}" title="minutes">',
        f'<a rel="attachment" href="{local}">minutes</a>',
        f'<base href="http://{there}/"><img src="x">',
        f'<base href="file:///"><img src="{file[1:]}">',
        f'<meta http-equiv="refresh" content="0;url={web}">',
        f'<script src="{web}"></script>',
        # styles
        f'<style>@import "{web}";</style>',
        f"<style>@import url({local});</style>",
        f'<style>@import "data:text/css,@import url({web});";</style>',
        f"<style>*{{background:url({web})}}</style>",
        f"<style>li{{list-style-image:url({web})}}</style><ul><li>x</ul>",
        f"<style>p:before{{content:url({web})}}</style><p>x",
        f"<style>@font-face{{font-family:x;src:url({web})}}p{{font-family:x}}</style><p>x",
        f"<style>@font-face{{font-family:x;src:url({local})}}p{{font-family:x}}</style><p>x",
        f"<style>p{{border-image:url({web}) 1}}</style><p>x",
        f"<style>@page{{background:url({web})}}</style>",
        f"<style>@page{{@top-left{{content:url({web})}}}}</style>",
        f'<p style="background:url({web})">x</p>',
        # out of a string or a comment of a style sheet
        f'"}}*{{background:url({web})}}',
        f"');}}*{{background:url('{web}')}}",
        rf"\22 \7d *{{background:url({web})}}",
        f"}}*{{background:url({local})}}\n/*",
        f"*/*{{background:url({web})}}/*",
        # documents in the document
        f'<iframe src="{web}"></iframe><frame src="{web}">',
        f'<iframe srcdoc="<img src={web}>"></iframe>',
        f'<object data="{web}" type="image/svg+xml"></object>',
        f'<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="{local}"/></svg>',
        f'<svg><use href="{web}#a"/></svg>',
        f"<svg><style>@import url({web});</style><rect fill='url({web}#a)'/></svg>",
        f'<svg><foreignObject><img src="{web}"></foreignObject></svg>',
        # entities and instructions
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{local}">]><p>&e;</p>',
        f"&lt;img src=&quot;{web}&quot;&gt; &#60;img src=&#34;{local}&#34;&#62;",
        f'<?xml-stylesheet href="{web}"?><xi:include href="{local}" parse="text"/>',
        f"--><!--[if IE]><img src={web}><![endif]--><![CDATA[<img src={web}>]]>",
    ]


class Trap:
    """A listener on this machine and a file, and what came to them while somebody watched."""

    def __init__(self, there, folder):
        self.there, self.file = there, str(folder / "x")
        self.payloads = payloads(there, self.file)
        self.requests, self.reads, self.is_watching = [], [], False

    def audit(self, event, about):
        """Python tells of every file that is opened and of every connection (PEP 578)."""
        if not self.is_watching:
            return
        if event == "open" and str(about[0]).startswith(self.file):
            self.reads.append(str(about[0]))
        if event in ("socket.connect", "socket.getaddrinfo"):
            self.requests.append(str(about[:2]))

    @contextmanager
    def watch(self):
        self.is_watching = True
        try:
            yield
        finally:
            self.is_watching = False


@contextmanager
def trapped():
    """A trap that is set; what it heard is in `requests` and `reads`."""

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            trap.requests.append(self.path)
            self.send_error(404)

        def log_message(self, *words):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    with tempfile.TemporaryDirectory() as folder, server:
        trap = Trap(f"127.0.0.1:{server.server_port}", Path(folder))
        Path(trap.file).write_text(SECRET)
        sys.addaudithook(trap.audit)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield trap
        server.shutdown()
