// Loads one family into one daemon: a process of its own that runs the windows it is told to.
// argv: family, file of its schema, address of the daemon.
import { pathToFileURL } from 'node:url'
import { connect } from '@ledgerd/client'
import type { LedgerSchema } from '@ledgerd/schema'
import { closedLoop } from './closed-loop.ts'
import type { Load, Measured } from './contender.ts'
import { familyNamed, type FamilyDraft } from './rules/families.ts'
import { obeyOrders } from './worker-orders.ts'

const [name = '', file = '', url = ''] = process.argv.slice(2)
const family = familyNamed(name)
const { default: schema } = (await import(pathToFileURL(file).href)) as { readonly default: LedgerSchema }
const ledger = connect({ url, ledger: 'bench/rules', schema })
let serial = 0

const session = closedLoop<FamilyDraft>(
  {
    append: ({ type, data }) => ledger.append(type, data),
    appendBatch: (drafts) => ledger.appendAll(drafts),
    close: () => ledger.close(),
  },
  { nextEvent: () => family.draft(serial++) },
)

obeyOrders<Load, Measured>(
  (load) => session.run(load),
  () => session.close(),
)
