// Counts what a vitest JSON report says, so that no failure can hide: a file that did not load, an error outside of any
// test and an empty run each count as one failure.

/** @typedef {{ passed: number, failed: number, skippedNames: string[] }} Tally */

/**
 * @param {{ testResults: { name: string, status: string, assertionResults: { status: string, fullName: string }[] }[] }} report
 * @param {number} exitStatus what vitest itself said
 * @returns {Tally}
 */
export function tally(report, exitStatus) {
  const tests = report.testResults.flatMap((file) => file.assertionResults)
  const brokenFiles = report.testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  )
  const passed = tests.filter((test) => test.status === 'passed').length
  const failed = tests.filter((test) => test.status === 'failed').length + brokenFiles.length
  const isUnexplained = failed === 0 && (exitStatus !== 0 || passed === 0)
  return {
    passed,
    failed: isUnexplained ? 1 : failed,
    skippedNames: tests.filter((test) => !['passed', 'failed'].includes(test.status)).map((test) => test.fullName),
  }
}

/**
 * @param {Tally} counts
 * @returns {string}
 */
export function formatTally({ passed, failed, skippedNames }) {
  const skipped = skippedNames.length === 0 ? '' : `, ${skippedNames.length} skipped`
  return `${passed} passed, ${failed} failed${skipped}`
}
