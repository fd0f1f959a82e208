// The worker's end of the conversation with the bench process: takes orders over IPC, one at a time, and answers them.

export type WorkerRequest<Order> = { readonly kind: 'order'; readonly order: Order } | { readonly kind: 'close' }

export type WorkerMessage<Answer> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'failed'; readonly text: string }

/** From now on obeys orders; `close` runs before the process ends. An order that throws is answered with its error. */
export function obeyOrders<Order, Answer>(obey: (order: Order) => Promise<Answer>, close: () => Promise<void>): void {
  const say = (message: WorkerMessage<Answer>): void => {
    process.send?.(message)
  }
  const take = async (request: WorkerRequest<Order>): Promise<void> => {
    if (request.kind === 'order') return say({ kind: 'answer', answer: await obey(request.order) })
    await close()
    process.disconnect()
  }
  process.on('message', (request: WorkerRequest<Order>) => {
    take(request).catch((error: unknown) => {
      say({ kind: 'failed', text: error instanceof Error ? (error.stack ?? error.message) : String(error) })
    })
  })
  say({ kind: 'ready' })
}
