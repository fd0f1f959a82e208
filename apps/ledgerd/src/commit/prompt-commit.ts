// Who commits when some ledgers write much and one writes little: the pool's three hand-overs, each waiting for a turn of a
// busy event loop, would make the little one wait for the large ones several times over. So a lone small group is committed
// on the event loop, before the large ones go to the pool; many small ones go there together, where their syncs merge.
import { type CommitPort, fileCommit, type SealedGroup } from './file-commit.ts'
import type { Limits } from '../config.ts'

type Commits = ReturnType<CommitPort['commit']>

export interface PromptCommitOptions extends Pick<Limits, 'inlineCommitBytesMax' | 'promptCommitBytesMax'> {
  /** Opens a port that commits one group on the event loop when it has nothing else to do. */
  readonly open?: (inlineBytesMax: number) => CommitPort
}

/** The port over two others: one for what is prompt, one for the rest. */
export function promptCommit({ inlineCommitBytesMax, promptCommitBytesMax, open }: PromptCommitOptions): CommitPort {
  const openPort = open ?? ((inlineBytesMax) => fileCommit({ inlineBytesMax }))
  const [usual, prompt] = [openPort(inlineCommitBytesMax), openPort(promptCommitBytesMax)]
  const inFlight = { small: 0, large: 0 }
  const sizeOf = ({ bytes }: SealedGroup): 'small' | 'large' =>
    bytes.length <= promptCommitBytesMax ? 'small' : 'large'

  const usually = (groups: readonly SealedGroup[]): Commits => {
    if (groups.length === 0) return []
    const commits = usual.commit(groups)
    for (const [at, group] of groups.entries()) {
      const size = sizeOf(group)
      inFlight[size]++
      const over = (): void => void inFlight[size]--
      commits[at]?.then(over, over)
    }
    return commits
  }

  return {
    commit: (groups) => {
      const small = groups.filter((group) => sizeOf(group) === 'small')
      const isBesideLarge = inFlight.large > 0 || groups.length > small.length
      if (small.length !== 1 || inFlight.small > 0 || !isBesideLarge) return usually(groups)
      const first = prompt.commit(small)
      const rest = usually(groups.filter((group) => sizeOf(group) === 'large'))
      const at = groups.findIndex((group) => sizeOf(group) === 'small')
      return [...rest.slice(0, at), ...first, ...rest.slice(at)]
    },
  }
}
