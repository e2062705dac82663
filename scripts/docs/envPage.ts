import { CLI_SETTINGS } from '../../apps/cli/config.ts'
import { SETTINGS } from '../../apps/local/config.ts'

export function envPage(): string {
  const server = Object.entries(SETTINGS).map(
    ([name, { default: shown, says }]) => `| \`${name}\` | ${code(shown)} | ${says} |`,
  )
  const command = Object.entries(CLI_SETTINGS).map(([name, says]) => `| \`${name}\` | ${says} |`)
  return `<!-- Made by \`npm run docs\` from apps/local/config.ts and apps/cli/config.ts. -->
# Environment variables

None is needed. One that is empty counts as unset; one that does not fit ends the start with its name and what it takes.

## \`npm start\` (\`errand up\`)

| variable | without it | what it does |
|---|---|---|
${server.join('\n')}

## \`bin/errand\`

| variable | what it does |
|---|---|
${command.join('\n')}
`
}

/** A value as code, a description as it is. */
function code(shown: string): string {
  return shown.includes(' ') ? shown : `\`${shown}\``
}
