import { FAULTS } from '../../packages/contracts/faults.ts'

export function faultsPage(): string {
  const rows = Object.entries(FAULTS).map(
    ([name, { words, remedy, http, retry }]) =>
      `| \`${name}\` | ${cell(words)} | ${cell(remedy)} | ${http} | ${retry ? 'yes' : ''} |`,
  )
  return `<!-- Made by \`npm run docs\` from packages/contracts/faults.ts. -->
# Faults

Every failure that a person can see. *Retry*: the same request can succeed later without anybody changing anything.

| code | what happened | what to do | HTTP | retry |
|---|---|---|--:|---|
${rows.join('\n')}
`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
