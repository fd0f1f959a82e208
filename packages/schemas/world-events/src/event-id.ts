// Event ids of world-events: 32 lower-case hex digits (formats §2.2).

export const eventIdLength = 32
