import { CLI_SETTINGS } from '../../apps/cli/config.ts'
import { CLUSTER_SETTINGS } from '../../apps/controller/cluster/settings.ts'
import { SETTINGS } from '../../apps/local/config.ts'

export function envPage(): string {
  const server = rows(Object.entries(SETTINGS).filter(([name]) => !(name in CLUSTER_SETTINGS)))
  const cluster = rows(Object.entries(CLUSTER_SETTINGS))
  const command = Object.entries(CLI_SETTINGS).map(([name, says]) => `| \`${name}\` | ${says} |`)
  return `<!-- Made by \`npm run docs\` from apps/local/config.ts and apps/cli/config.ts. -->
# Environment variables

None is needed. One that is empty counts as unset; one that does not fit ends the start with its name and what it takes.

## \`npm start\` (\`errand up\`)

| variable | without it | what it does |
|---|---|---|
${server.join('\n')}

## Runs on a cluster

With \`ERRAND_EXECUTOR=kubernetes\`, and of a controller of its own.

| variable | without it | what it does |
|---|---|---|
${cluster.join('\n')}

## \`bin/errand\`

| variable | what it does |
|---|---|
${command.join('\n')}
`
}

function rows(settings: readonly (readonly [string, { readonly default: string; readonly says: string }])[]) {
  return settings.map(([name, { default: shown, says }]) => `| \`${name}\` | ${code(shown)} | ${says} |`)
}

/** A value as code, a description as it is. */
function code(shown: string): string {
  return shown.includes(' ') ? shown : `\`${shown}\``
}
