// Writes RFC 6901 pointers, the way every finding and refusal says where.

/** The pointer to a place, from the member names and array indices that lead to it. The root is the empty string. */
export function formatPointer(steps: readonly (string | number)[]): string {
  let pointer = ''
  for (const step of steps) pointer += '/' + (typeof step === 'number' ? String(step) : escapeStep(step))
  return pointer
}

function escapeStep(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1')
}
