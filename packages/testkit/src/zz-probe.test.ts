import { it } from 'vitest'
import { Coverage } from './fuzz-coverage.ts'
import { mutator } from './fuzz-mutator.ts'
import { parseSum } from './fuzz-example.ts'
it('x', () => {
  const c = new Coverage((u) => u.endsWith('/fuzz-example.ts'))
  for (const t of ['1+2','1+2','1-2','a','1+a','1+', '']) { parseSum(Buffer.from(t), { isBroken: true })
  console.log(t, c.hasNews({ keep: true })) }
  console.log(c.lines())
  c.close()
  let state = 1
  const m = mutator(() => { state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0; return state / 2 ** 32 }, [])
  for (let i=0;i<20;i++) console.log(Buffer.from(m.mutate([Buffer.from('1+2')])).toString('latin1'))
})
