import type { RequestListener, ServerResponse } from 'node:http'

/** The page that nginx brings, and the name of the pod that gave it. */
export const welcome =
  (pod: string): RequestListener =>
  ({ method, url }, response) => {
    if (url !== '/' && url !== '/index.html') nginxError(response, 404, 'Not Found')
    else {
      response
        .writeHead(200, { 'Content-Type': 'text/html', Server: 'nginx/1.27.5', 'X-Pod': pod })
        .end(method === 'HEAD' ? '' : page)
    }
  }

const page = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working.</p>
</body>
</html>
`

/** How nginx says that something went wrong. */
export function nginxError(
  response: ServerResponse,
  status: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const title = `${status} ${reason}`
  response
    .writeHead(status, { 'Content-Type': 'text/html', ...headers })
    .end(
      `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`,
    )
}
