// Asks a daemon over its local socket whether it lives; exits 0 when it says so within two seconds. Needs no shell and no
// token. A stopped ledger is no reason to restart the daemon, so this is /healthz and not /readyz.
import http from 'node:http'

const [socketPath = '/data/.ledgerd/sock'] = process.argv.slice(2)
const request = http.get({ socketPath, path: '/healthz', timeout: 2000 }, (response) => {
  response.resume()
  response.once('end', () => {
    process.exitCode = response.statusCode === 200 ? 0 : 1
  })
})
request.once('timeout', () => request.destroy(new Error('no answer within two seconds')))
request.once('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 1
})
