// An async iterator over something that mostly has its next value at hand. Written out rather than as a generator: a
// value at hand costs one resolved promise.

/** `pull` gives the next value or undefined; `whenReadable` resolves when pulling is worth while, false at the end. */
export interface PullSource<Value> {
  open(): void
  pull(): Value | undefined
  whenReadable(): Promise<boolean>
  stop(): void
}

export class PullIterator<Value> implements AsyncIterableIterator<Value> {
  readonly #source: PullSource<Value>
  #isOpened = false

  constructor(source: PullSource<Value>) {
    this.#source = source
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<Value>> {
    if (!this.#isOpened) {
      this.#isOpened = true
      this.#source.open()
    }
    try {
      const value = this.#source.pull()
      if (value !== undefined) return Promise.resolve({ done: false, value })
    } catch (error) {
      this.#source.stop()
      return Promise.reject(error)
    }
    return this.#wait()
  }

  return(): Promise<IteratorResult<Value>> {
    this.#source.stop()
    return Promise.resolve({ done: true, value: undefined })
  }

  async #wait(): Promise<IteratorResult<Value>> {
    const isReadable = await this.#source.whenReadable()
    return isReadable ? this.next() : { done: true, value: undefined }
  }
}
