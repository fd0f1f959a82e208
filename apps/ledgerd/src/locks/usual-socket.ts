// Where a daemon listens for the clients of its user, and where they look first.
import path from 'node:path'

/**
 * The socket in the user's runtime folder (XDG_RUNTIME_DIR), or in a folder of the user's own among the temporary ones. The
 * user is the process's number: one that a container gave may stand in no list of users.
 */
export function usualSocketPath(runtimeFolder: string | undefined, temporaryFolder: string): string {
  const folder = runtimeFolder || path.join(temporaryFolder, `ledgerd-${process.getuid?.() ?? -1}`)
  return path.join(folder, 'ledgerd.sock')
}
