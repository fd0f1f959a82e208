// Reads the runnable snippets out of a Markdown text: fenced blocks that follow a `<!-- snippet: NAME -->` comment.

/**
 * @param {string} markdown
 * @returns {Map<string, string>} file name to text
 */
export function readSnippets(markdown) {
  const pattern = /^<!-- snippet: (?<name>[\w.-]+) -->\n+```\w+\n(?<text>[\s\S]*?)^```$/gm
  return new Map(
    [...markdown.matchAll(pattern)].map((match) => [match.groups?.['name'] ?? '', match.groups?.['text'] ?? '']),
  )
}

/**
 * Fenced TypeScript and shell blocks without a snippet comment, which nothing would run, by their first line.
 * @param {string} markdown
 * @param {readonly string[]} excused first lines that are known not to be run
 * @returns {string[]}
 */
export function findUnrunBlocks(markdown, excused) {
  const marked = new Set(readSnippets(markdown).values())
  return [...markdown.matchAll(/^```(?:ts|sh)\n(?<text>[\s\S]*?)^```$/gm)]
    .map((match) => match.groups?.['text'] ?? '')
    .filter((text) => !marked.has(text))
    .map((text) => text.split('\n')[0] ?? '')
    .filter((line) => !excused.includes(line))
}
