// The certificate and key of `serve --tls-cert --tls-key`, read together and checked against each other before anything
// is served with them. The key is its owner's: a wider one is refused, because whoever could read it may have.
import { X509Certificate, createPrivateKey } from 'node:crypto'
import fs from 'node:fs'
import { LedgerError } from '@ledgerd/schema/errors'

export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

/** What a TLS server needs, and the name of whom it is. */
export interface TlsIdentity {
  /** PEM, the chain in order. */
  readonly cert: Buffer
  /** PEM. */
  readonly key: Buffer
  /** The first certificate of the chain. */
  readonly certificate: X509Certificate
}

const pemBytesMax = 1 << 20

/** Reads both files. Throws CONFIG_INVALID and says which of them is wrong. */
export function readTlsFiles(files: TlsFiles): TlsIdentity {
  const cert = readPem(files.cert, 'certificate', { isSecret: false })
  const key = readPem(files.key, 'key', { isSecret: true })
  const certificate = parsed(files.cert, 'holds no certificate in PEM', () => new X509Certificate(cert))
  const privateKey = parsed(files.key, 'holds no private key in PEM without a passphrase', () => createPrivateKey(key))
  if (!certificate.checkPrivateKey(privateKey))
    throw new LedgerError('CONFIG_INVALID', `${files.key} is not the key of ${files.cert}; name a pair`)
  return { cert, key, certificate }
}

function readPem(file: string, what: string, { isSecret }: { readonly isSecret: boolean }): Buffer {
  try {
    const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
    try {
      const stat = fs.fstatSync(fd)
      if (!stat.isFile() || stat.size > pemBytesMax)
        throw new LedgerError('CONFIG_INVALID', `the ${what} ${file} is no plain file of at most ${pemBytesMax} bytes`)
      if (isSecret) requirePrivate(file, stat)
      return fs.readFileSync(fd)
    } finally {
      fs.closeSync(fd)
    }
  } catch (error) {
    if (error instanceof LedgerError) throw error
    throw new LedgerError('CONFIG_INVALID', `the ${what} ${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

/** Links are followed, for that is how renewals are put in place. A key of root's may be its group's to read. */
function requirePrivate(file: string, { uid, mode }: fs.Stats): void {
  const isOwn = uid === process.getuid?.()
  const widest = isOwn ? 0o600 : 0o640
  if ((isOwn || uid === 0) && (mode & 0o777 & ~widest) === 0) return
  throw new LedgerError('CONFIG_INVALID', `the key ${file} can be reached by others; make it yours alone: chmod 600`)
}

function parsed<T>(file: string, flaw: string, parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new LedgerError('CONFIG_INVALID', `${file} ${flaw}`, { cause: error })
  }
}
