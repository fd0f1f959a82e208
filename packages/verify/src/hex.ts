// Hashes as lower-case hex, on platforms without Buffer too.
const digits: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function formatHex(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at++) text += digits[bytes[at] as number]
  return text
}
