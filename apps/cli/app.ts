import { buildApplication, buildRouteMap, numberParser, text_en } from '@stricli/core'
import { type Cli, command } from './context.ts'
import { flag, json, runId, text } from './parameters.ts'

const follow = { kind: 'boolean', default: false, brief: 'Show the run until it is over; Ctrl-C detaches' } as const
const optionalNumber = (brief: string, placeholder: string) =>
  ({ kind: 'parsed', parse: numberParser, optional: true, brief, placeholder }) as const

const run = command(async () => (await import('./commands/run.ts')).run, {
  docs: {
    brief: 'Fire a task',
    customUsage: ['"Fix the failing test" --repo local/demo --follow', '- --json < task.txt'],
  },
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ ...text('What should be done; - reads it from standard input', 'prompt'), optional: true }],
    },
    flags: {
      repo: {
        ...flag(
          'Repository to work in: a name, local/<name> or an https:// address, with #branch at its end if wanted',
          'repository',
        ),
        variadic: true,
      },
      noRepo: { kind: 'boolean', default: false, withNegated: false, brief: 'An empty workspace' },
      branch: flag('Branch of the repositories that name none themselves', 'branch'),
      agent: flag('Which agent; see `errand agents`', 'name'),
      input: { ...flag('A file to put into the workspace', 'file'), variadic: true },
      budget: optionalNumber('The most that the model may cost, in US dollars', 'usd'),
      minutes: optionalNumber('How long the run may take', 'minutes'),
      network: {
        kind: 'enum',
        values: ['none', 'trusted', 'custom', 'full'],
        optional: true,
        brief: 'What the sandbox may reach',
      },
      model: flag('Which model, instead of the agent’s', 'name'),
      autonomy: {
        kind: 'enum',
        values: ['plan', 'edit', 'ask'],
        optional: true,
        brief: 'Plan first, edit freely, or ask before what is risky',
      },
      onBlockedHost: {
        kind: 'enum',
        values: ['ask', 'refuse'],
        optional: true,
        brief: 'A host that is not allowed: ask while it waits, or refuse it',
      },
      verify: flag('Command that proves the outcome', 'command'),
      follow,
      json,
    },
    aliases: { r: 'repo', b: 'branch', a: 'agent', i: 'input', f: 'follow' },
  },
})

const runs = command(async () => (await import('./commands/runs.ts')).list, {
  docs: { brief: 'List runs, newest first' },
  parameters: {
    flags: { limit: { kind: 'parsed', parse: numberParser, default: '20', brief: 'How many (up to 100)' }, json },
    aliases: { n: 'limit' },
  },
})

const watch = command(async () => (await import('./commands/runs.ts')).watch, {
  docs: { brief: 'Show a run from its beginning until it is over' },
  parameters: { positional: { kind: 'tuple', parameters: [runId] }, flags: { json } },
})

const cancel = command(async () => (await import('./commands/runs.ts')).cancel, {
  docs: { brief: 'Stop a run, and wait until its last process is gone' },
  parameters: { positional: { kind: 'tuple', parameters: [runId] } },
})

const retry = command(async () => (await import('./commands/runs.ts')).retry, {
  docs: { brief: 'Start a run anew, as a new run' },
  parameters: { positional: { kind: 'tuple', parameters: [runId] }, flags: { follow, json }, aliases: { f: 'follow' } },
})

const pr = command(async () => (await import('./commands/pullRequests.ts')).open, {
  docs: {
    brief: 'Open a pull request for the work of a run, or show the one that is there',
    customUsage: ['<run-id>', '<run-id> --draft --title "Greet people"', '<run-id> --body - < description.md'],
  },
  parameters: {
    positional: { kind: 'tuple', parameters: [runId] },
    flags: {
      draft: { kind: 'boolean', default: false, withNegated: false, brief: 'Open it as a draft' },
      title: flag('Its title; without it, worded from the outcome', 'title'),
      body: flag('A file with its description, - is standard input; without it, worded from the outcome', 'file'),
      repo: flag('Which of several repositories', 'repository'),
      show: {
        kind: 'boolean',
        default: false,
        withNegated: false,
        brief: 'Open nothing: show those that are there, as they are now',
      },
      json,
    },
    aliases: { r: 'repo' },
  },
})

const artifacts = buildRouteMap({
  docs: { brief: 'What runs left' },
  routes: {
    ls: command(async () => (await import('./commands/artifacts.ts')).ls, {
      docs: { brief: 'List the artifacts of a run' },
      parameters: { positional: { kind: 'tuple', parameters: [runId] }, flags: { json } },
    }),
    get: command(async () => (await import('./commands/artifacts.ts')).get, {
      docs: {
        brief: 'Fetch one, checked against its hash',
        customUsage: ['<artifact-id>', '<run-id> changes.patch --output my.patch'],
      },
      parameters: {
        positional: {
          kind: 'tuple',
          parameters: [
            text('An artifact id, or a run id with a name behind it', 'id'),
            { ...text('Name of the artifact in the run', 'name'), optional: true },
          ],
        },
        flags: { output: flag('File to write; without it standard output', 'file') },
        aliases: { o: 'output' },
      },
    }),
  },
})

const apply = command(async () => (await import('./commands/yaml.ts')).apply, {
  docs: { brief: 'Apply agents and credentials from YAML' },
  parameters: {
    flags: { file: { kind: 'parsed', parse: String, brief: 'The file; - is standard input', placeholder: 'file' } },
    aliases: { f: 'file' },
  },
})

const exportYaml = command(async () => (await import('./commands/yaml.ts')).exportYaml, {
  docs: { brief: 'Write out agents and credentials as YAML, as they were applied; never a secret' },
  parameters: {
    flags: {
      kind: { kind: 'enum', values: ['Agent', 'Credential'], optional: true, brief: 'Only these' },
      name: flag('Only this one', 'name'),
    },
  },
})

export async function buildApp() {
  const { agents, credentials, repos, tokens } = await import('./app/configuration.ts')
  const { answer, note } = await import('./app/talk.ts')
  const { install, uninstall } = await import('./app/cluster.ts')
  const { image } = await import('./app/image.ts')
  const { mcp } = await import('./app/mcp.ts')
  const { claimLink, doctor, login, settings, up, version } = await import('./app/system.ts')
  const root = buildRouteMap<string, Cli>({
    docs: { brief: 'Errand: fire off a task, come back to what it left' },
    routes: {
      run,
      runs,
      watch,
      cancel,
      retry,
      pr,
      answer,
      note,
      artifacts,
      agents,
      credentials,
      mcp,
      repos,
      apply,
      export: exportYaml,
      settings,
      tokens,
      login,
      doctor,
      image,
      install,
      uninstall,
      claimLink,
      up,
      version,
    },
  })
  return buildApplication(root, {
    name: 'errand',
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: true },
    localization: { text: text_en },
  })
}
