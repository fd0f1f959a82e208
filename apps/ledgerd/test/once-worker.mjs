// One process that calls `once`, for the suite that kills such processes. Told by argv what to do; says on stdout, one JSON
// line each, that it is ready, that its effect began, and what came out. The effect leaves a line in a file that only grows.
import fs from 'node:fs'
import readline from 'node:readline'
import { connect } from '@ledgerd/client'
import { workflowRecords } from '@ledgerd/schema-workflow-records'
import { once } from '@ledgerd/client'

const { socket, ledger, key, input = { to: 7 }, effects, effect, takeOverMs, isWaiting } = JSON.parse(process.argv[2])

const say = (message) => fs.writeSync(1, `${JSON.stringify(message)}\n`)
const commands = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()

const jobs = connect({
  ledger,
  schema: workflowRecords,
  url: `unix:${socket}`,
  deadlineMs: 60_000,
  retryDelayMinMs: 5,
  retryDelayMaxMs: 40,
})
await jobs.stat().catch(() => undefined)
say({ said: 'ready' })
await commands.next()

const description = {
  tenantId: 1,
  operator: 'Email.Send',
  key,
  input,
  trace: { correlation_id: 'c1', workflow_id: 'w1' },
}

try {
  let outcome = await once(
    jobs,
    description,
    async ({ number }) => {
      fs.writeFileSync(effects, `${number}\n`, { flag: 'a' })
      say({ said: 'began', attempt: number })
      if (effect === 'when-told') await commands.next()
      if (effect === 'fails') throw Object.assign(new Error('slow down'), { code: 'RATE_LIMIT', retryable: true })
      return { sentBy: process.pid }
    },
    takeOverMs === undefined ? {} : { takeOver: { afterMs: takeOverMs } },
  )
  if (outcome.state === 'running' && isWaiting === true) outcome = await outcome.settled()
  say({ said: 'outcome', outcome })
} catch (error) {
  say({ said: 'refused', code: error.code, message: error.message })
}
process.stdin.destroy()
await jobs.close()
