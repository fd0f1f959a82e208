// Days that there are. `Date` sees them last: it takes 31 February for 3 March.

/** True if `text` begins with a day of the calendar, as YYYY-MM-DD. */
export function beginsWithDay(text: string): boolean {
  const [, date = '', day = ''] = /^(\d{4}-\d\d-(\d\d))/.exec(text) ?? []
  return new Date(date).getUTCDate() === Number(day)
}
