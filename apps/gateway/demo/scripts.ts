import type { Conversation } from './messagesRequest.ts'

/** What the demo model says next: words, and at most one tool to use. Without a tool it has ended. */
export interface Turn {
  readonly say: string
  readonly use?: {
    readonly name: 'Bash' | 'Read' | 'Edit' | 'Write' | 'ExitPlanMode'
    readonly input: Readonly<Record<string, string>>
  }
}

/** A fixed script: the turn follows from how many there were, and from what the tools printed, nothing else. */
export type Script = (conversation: Conversation, place: Place) => Turn

export interface Place {
  /** Where the demo repository lies. */
  readonly repository: string
  /** Files there are what a run brings back. */
  readonly artifacts: string
}

export const LABEL = 'I am the demo model: a fixed script, not a language model.'

const BUG = 'return year % 4 === 0 && year % 100 !== 0'
const FIX = 'return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0'
const NAMED = 'git -c user.name="Errand demo" -c user.email=demo@errand.invalid'

/** Fixes the bug of the demo repository: red, read, edit, green, commit, report. */
export const fixTheCalendar: Script = ({ step, toolResults }, { repository, artifacts }) => {
  const file = `${repository}/src/calendar.js`
  const turns: readonly Turn[] = [
    {
      say: `${LABEL} Whatever I was asked, I fix the one bug of the demo repository. First I run its tests.`,
      use: bash(`cd ${quote(repository)} && node --test`, 'Run the tests'),
    },
    {
      say: 'One test fails: the year 2000 should be a leap year. I read the code behind it.',
      use: { name: 'Read', input: { file_path: file } },
    },
    {
      say: 'The rule for every fourth century is missing. I add it.',
      use: { name: 'Edit', input: { file_path: file, old_string: BUG, new_string: FIX } },
    },
    { say: 'Now the tests again.', use: bash(`cd ${quote(repository)} && node --test`, 'Run the tests again') },
    {
      say: 'All tests pass. I commit the change.',
      use: bash(
        `cd ${quote(repository)} && git add src && ${NAMED} commit -m "Every fourth century is a leap year"`,
        'Commit the change',
      ),
    },
    {
      say: 'A short report for the artifacts.',
      use: { name: 'Write', input: { file_path: `${artifacts}/report.md`, content: FIX_REPORT } },
    },
  ]
  const [before, , , after] = toolResults
  if (step > 0 && isGreen(before)) return alreadyFixed(step, artifacts)
  if (step > 0 && !before?.includes('every fourth century')) return gaveUp('The tests did not run as they should')
  if (step > 3 && !isGreen(after)) return gaveUp('I made my change, but the tests still do not pass')
  return (
    turns[step] ?? {
      say: 'I fixed the leap year of every fourth century, and all tests pass. (This was the demo model: a fixed script, not a language model.)',
    }
  )
}

/** What `node --test` ends with when everything passed, in the two forms that it has. */
function isGreen(output: string | undefined): boolean {
  return output !== undefined && /^(?:#|\u2139) fail 0$/m.test(output) && !/^(?:#|\u2139) pass 0$/m.test(output)
}

function gaveUp(what: string): Turn {
  return {
    say: `${what}, and I am a fixed script that knows no other way: add a model with \`errand credentials add\`.`,
  }
}

function alreadyFixed(step: number, artifacts: string): Turn {
  if (step === 1)
    return {
      say: 'All tests pass already: somebody has fixed the bug. I say so in a report.',
      use: { name: 'Write', input: { file_path: `${artifacts}/report.md`, content: NOTHING_TO_FIX_REPORT } },
    }
  return {
    say: 'The demo repository has no bug left, so I changed nothing. (This was the demo model: a fixed script, not a language model.)',
  }
}

/** For any other task: looks around, and says in a report what it is and how to get a real model. */
export const lookAround: Script = ({ step, toolResults }, { artifacts }) => {
  const turns: readonly Turn[] = [
    {
      say: `${LABEL} I cannot do this task; I look around and say how to get a model that can.`,
      use: bash('git status --short --branch 2>/dev/null; ls -A', 'Look around'),
    },
    {
      say: 'I write down what I found and what to do next.',
      use: {
        name: 'Write',
        input: { file_path: `${artifacts}/report.md`, content: lookReport(toolResults[0] ?? '') },
      },
    },
  ]
  return (
    turns[step] ?? {
      say: 'I am a fixed script, so the task was not done: add a model with `errand credentials add` and run it again.',
    }
  )
}

/** Two steps come first where nothing may be done without a plan; then the script goes on as it would have without. */
export function afterPlan(script: Script, plan: string): Script {
  return (conversation, place) => {
    const { step, toolResults, failedTools, planFile } = conversation
    if (planFile === null) return script(conversation, place)
    if (step === 0)
      return {
        say: `${LABEL} I write down the one plan that I have.`,
        use: { name: 'Write', input: { file_path: planFile, content: plan } },
      }
    if (step === 1) return { say: 'I ask whether I may work by it.', use: { name: 'ExitPlanMode', input: {} } }
    if (failedTools.includes(1))
      return { say: 'The plan was not approved. I am a fixed script and have no other one, so I changed nothing.' }
    return script({ ...conversation, step: step - 2, toolResults: toolResults.slice(2) }, place)
  }
}

export const CALENDAR_PLAN = `# Make the failing test of the demo repository pass

1. Run the tests, to see which one fails.
2. Read \`src/calendar.js\`, and add the rule for every fourth century.
3. Run the tests again, and commit only if all of them pass.
4. Leave a short report among the artifacts.
`

export const LOOK_PLAN = `# Look around

1. List what is in the workspace.
2. Leave a report among the artifacts, with how to add a real model: this one is a fixed script and knows one task only.
`

/** For requests without tools, which Claude Code makes for titles and summaries. */
export const sayWhatIAm: Script = () => ({ say: LABEL })

function bash(command: string, description: string): NonNullable<Turn['use']> {
  return { name: 'Bash', input: { command, description } }
}

function quote(path: string): string {
  return `'${path.replaceAll("'", `'\\''`)}'`
}

const HOW_TO_GET_A_MODEL = `## A real model

    errand credentials add anthropic --type anthropic-key      # asks for the key
    errand credentials test anthropic

Then name it in an agent (\`credential: anthropic\`), or use the agent \`default\`, which takes it by itself.
`

const FIX_REPORT = `# The leap year of every fourth century

*Made by the demo model: a fixed script, not a language model.*

| | |
|---|---|
| Failing test | \`every fourth century is a leap year after all\` |
| Cause | \`isLeapYear\` left out the rule for years that divide by 400 |
| Change | one line of \`src/calendar.js\` |
| Tests afterwards | all pass |

${HOW_TO_GET_A_MODEL}`

const NOTHING_TO_FIX_REPORT = `# Nothing to fix

*Made by the demo model: a fixed script, not a language model.*

All tests of the demo repository pass already, so nothing was changed.

${HOW_TO_GET_A_MODEL}`

function lookReport(found: string): string {
  const listing = found
    .trim()
    .slice(0, 4000)
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n')
  return `# This run used the demo model

The demo model is **a fixed script, not a language model**. It knows one task, the demo repository's bug, so the task of
this run was not done. The sandbox, the repository and this report are real.

What it found in the workspace:

${listing.trim() === '' ? '    (nothing)' : listing}

${HOW_TO_GET_A_MODEL}`
}
