// One honest client in a process of its own, for suites that flood a daemon: it appends one draft after the other over the
// local socket until its input ends, then says as JSON how long each took and what was refused.
import http from 'node:http'

const [, , socketPath = '', ledger = ''] = process.argv
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
const times = []
const refused = {}
let isOver = false
process.stdin.on('end', () => (isOver = true)).resume()

for (let n = 0; !isOver; n++) {
  const id = n.toString(16).padStart(32, '0')
  const start = performance.now()
  const { status, text } = await post(JSON.stringify({ id, type: 'honest.noted', data: { n } }))
  if (status === 200) times.push(performance.now() - start)
  else {
    const code = JSON.parse(text).error?.code ?? String(status)
    refused[code] = (refused[code] ?? 0) + 1
  }
  await new Promise((resolve) => setTimeout(resolve, 2))
}
agent.destroy()
process.stdout.write(JSON.stringify({ times: times.sort((a, b) => a - b), refused }))

function post(body) {
  const path = `/v1/ledgers/${ledger}/append`
  return new Promise((resolve, reject) => {
    const request = http.request({ socketPath, path, method: 'POST', agent }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode, text }))
    })
    request.on('error', reject).end(body)
  })
}
