// What an effect threw, as the error of its job record.
import type { JobError } from './once-record.ts'

const messageCharsMax = 1000
const codeCharsMax = 100

/** `code` and `retryable` of the thrown value are believed; what does not say that it may be retried is final. */
export function failureOf(thrown: unknown): JobError {
  try {
    return describe(thrown)
  } catch {
    // It throws when it is read; that it failed is all there is to say.
    return { code: 'EFFECT_FAILED', retryable: false }
  }
}

function describe(thrown: unknown): JobError {
  const { code, retryable, category, message } = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as {
    readonly [Name in 'code' | 'retryable' | 'category' | 'message']?: unknown
  }
  return {
    code: typeof code === 'string' && code !== '' ? wellFormed(code, codeCharsMax) : 'EFFECT_FAILED',
    retryable: retryable === true,
    ...(typeof category === 'string' ? { category: wellFormed(category, codeCharsMax) } : {}),
    message: wellFormed(typeof message === 'string' ? message : String(thrown), messageCharsMax),
  }
}

/** The result cannot be recorded, so nobody else can get it; the effect has happened and is not to happen again. */
export function unrecordable(refusal: unknown): JobError {
  const { message = 'the result cannot be recorded' } = failureOf(refusal)
  return { code: 'RESULT_NOT_RECORDABLE', retryable: false, category: 'result', message }
}

/** A caller with the right to do so has given the attempt up. */
export const abandoned: JobError = {
  code: 'ABANDONED',
  retryable: true,
  category: 'in-doubt',
  message: 'no result came while a caller watched; whether the effect happened is not known',
}

/** A cut may leave half a surrogate pair, which no line can hold. */
function wellFormed(text: string, charsMax: number): string {
  return text.slice(0, charsMax).replace(/\p{Surrogate}/gu, '\u{fffd}')
}
