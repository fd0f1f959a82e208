// The script of a page that the daemon does not know: it tries to append, and reports how that ended.
import { connect } from '@ledgerd/client'
import { worldEvents } from '@ledgerd/schema-world-events'

const { url, token } = JSON.parse(decodeURIComponent(location.hash.slice(1)))
const world = connect({ ledger: 'worlds/stranger', schema: worldEvents, url, token, deadlineMs: 1500 })
const data = { status: 'success', channel: 'say', character_name: 'x', ooc_input: '', ic_output: '', axis_snapshot: {} }
const outcome = await world.append('chat.translation', data).catch(({ code }) => ({ code }))
await fetch('/report', { method: 'POST', body: JSON.stringify(outcome) })
