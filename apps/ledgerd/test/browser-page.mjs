// The script of the page that the browser suite opens: it appends, follows, runs an effect once, verifies, and reports what
// it saw to the server it came from. Told by the page's address what to talk to.
import { connect, once } from '@ledgerd/client'
import { workflowRecords } from '@ledgerd/schema-workflow-records'
import { worldEvents } from '@ledgerd/schema-world-events'
import { verifyLedger } from '@ledgerd/verify'
import { hashDigests, upcastDigests } from './browser-task.mjs'

const { url, token, turns } = JSON.parse(decodeURIComponent(location.hash.slice(1)))

try {
  await report({ world: await playWorld(), jobs: await runJob(), hashes: hashDigests(), upcasts: upcastDigests() })
} catch (error) {
  await report({ failed: `${error.stack ?? error}` })
}

async function playWorld() {
  const world = connect({ ledger: 'worlds/browser', schema: worldEvents, url, token })
  const followed = followTo(world, turns.length - 1)
  const receipts = await Promise.all(
    turns.map((turn, at) => world.append('chat.translation', turn, { key: `turn-${at}` })),
  )
  const again = await world.append('chat.translation', turns[0], { key: 'turn-0' })
  return await leave(world, worldEvents, {
    receipts,
    again,
    followed: await followed,
    read: await collect(world.read({ from: -2 })),
    refused: await world.append('chat.translation', { status: 'success' }).catch(({ code }) => code),
  })
}

async function runJob() {
  const jobs = connect({ ledger: 'jobs/browser', schema: workflowRecords, url, token })
  const effect = {
    tenantId: 1,
    operator: 'Page.Show',
    key: 'page-1',
    input: { to: 7 },
    trace: { correlation_id: 'c', workflow_id: 'w' },
  }
  let runs = 0
  const show = () => ({ shown: ++runs })
  const outcomes = [await once(jobs, effect, show), await once(jobs, effect, show)]
  return await leave(jobs, workflowRecords, { runs, outcomes })
}

/** Verifies every byte of the ledger against the root that the daemon states, and closes the handle. */
async function leave(ledger, schema, seen) {
  const { size, bytes, root } = await ledger.stat()
  const lines = []
  for await (const { line } of ledger.lines()) lines.push(line.slice(), Uint8Array.of(0x0a))
  const verify = async (chunks) => {
    const {
      status,
      levels,
      root: found,
      findings,
    } = await verifyLedger({
      chunks: stream(chunks),
      target: ledger.id,
      ledger: ledger.id,
      schema,
      level: 'schema',
      checkpoints: [{ name: 'daemon', lines: size, bytes, root: root.slice('sha256:'.length) }],
    })
    return { status, levels, root: found, codes: findings.map(({ code }) => code) }
  }
  const whole = await verify(lines)
  const [first] = lines
  first[first.length - 2] ^= 1
  const changed = await verify(lines)
  await ledger.close()
  return { ...seen, stated: { size, root }, whole, changed }
}

async function followTo(world, lastSeq) {
  const seen = []
  for await (const { seq, type, data } of world.follow()) {
    seen.push({ seq, type, spoken: data.ic_output })
    if (seq === lastSeq) break
  }
  return seen
}

async function collect(events) {
  const seqs = []
  for await (const { seq } of events) seqs.push(seq)
  return seqs
}

async function* stream(chunks) {
  yield* chunks
}

async function report(document) {
  await fetch('/report', { method: 'POST', body: JSON.stringify(document) })
}
