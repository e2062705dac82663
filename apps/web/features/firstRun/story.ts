import type { RunEvent } from '@errand/contracts'

/** One thing that was seen to happen on the first errand. */
export interface StoryLine {
  readonly key: string
  /** `proof`: checked by Errand itself, and it held. */
  readonly mark: 'now' | 'seen' | 'failed' | 'proof'
  readonly words: string
  readonly code: string | null
  readonly detail: string | null
  /** When it began. */
  readonly since: string
  readonly ms: number | null
}

/** What is told of a run that mends a test: from its events alone, so nothing is told that did not happen. */
export function addToStory(story: readonly StoryLine[], { at, body }: RunEvent): readonly StoryLine[] {
  switch (body.type) {
    case 'run.created':
      return [...story, line('sandbox', { words: 'A sandbox of its own starts', since: at })]
    case 'sandbox.started':
      return ended(story, 'sandbox', { at, words: 'A sandbox of its own started', detail: body.limits })
    case 'step.started':
      if (body.step === 'clone')
        return [...story, line('clone', { words: 'The sample repository is cloned', since: at })]
      return body.step === 'verify' ? [...story, line('verify', { words: VERIFYING, since: at })] : story
    case 'step.finished':
      return body.step === 'clone' ? ended(story, 'clone', { at, words: 'The sample repository was cloned' }) : story
    case 'tool.started': {
      const words = STARTED[body.tool]
      return words === undefined || !isTold(body)
        ? story
        : [...story, line(body.id, { ...words(body.target), since: at })]
    }
    case 'tool.finished':
      return story.some(({ key }) => key === body.id) ? ended(story, body.id, toolEnd(story, body, at)) : story
    case 'verify.finished': {
      const { command, exitCode } = body.evidence
      const words = exitCode === 0 ? 'Checked again, outside the agent: green' : 'Checked again, outside the agent: red'
      return ended(story, 'verify', { at, words, code: command, mark: exitCode === 0 ? 'proof' : 'failed' })
    }
    case 'artifact.added':
      return body.kind === 'patch'
        ? [
            ...story,
            { ...line('patch', { words: 'A patch came back', since: at, code: body.name }), mark: 'seen', ms: 0 },
          ]
        : story
    default:
      return story
  }
}

const VERIFYING = 'Checking again, outside the agent'

const STARTED: Readonly<Record<string, (target: string) => { words: string; code: string }>> = {
  Bash: (target) => ({ words: 'The tests run', code: target.replace(/^cd \S+ && /, '') }),
  Edit: (target) => ({ words: 'The cause is mended', code: target }),
}

/** Of the commands only the tests: the rest is on the run's page. */
function isTold({ tool, target }: { tool: string; target: string }): boolean {
  return tool !== 'Bash' || /\btest\b/.test(target)
}

interface Begin {
  readonly words: string
  readonly since: string
  readonly code?: string
}

function line(key: string, { words, since, code }: Begin): StoryLine {
  return { key, mark: 'now', words, code: code ?? null, detail: null, ms: null, since }
}

interface End {
  readonly at: string
  readonly words?: string
  readonly code?: string
  readonly detail?: string | null
  readonly mark?: StoryLine['mark']
  readonly ms?: number
}

function ended(story: readonly StoryLine[], key: string, end: End): readonly StoryLine[] {
  return story.map((one) => {
    if (one.key !== key || one.mark !== 'now') return one
    const { at, words = one.words, code = one.code, detail = null, mark = 'seen', ms } = end
    return { ...one, mark, words, code, detail, ms: ms ?? Math.max(0, Date.parse(at) - Date.parse(one.since)) }
  })
}

type ToolFinished = Extract<RunEvent['body'], { type: 'tool.finished' }>

function toolEnd(story: readonly StoryLine[], { id, ok, ms, output = '' }: ToolFinished, at: string): End {
  const isTest = story.find(({ key }) => key === id)?.words === 'The tests run'
  if (!isTest) return { at, ms, mark: ok ? 'seen' : 'failed' }
  if (ok) return { at, ms, words: 'The tests pass' }
  const red = output.split('\n').find((one) => one.startsWith('✖'))
  return {
    at,
    ms,
    words: 'A test is red',
    mark: 'failed',
    detail: red?.replace(/^✖\s*|\s*\([\d.]+ms\)\s*$/g, '') ?? null,
  }
}
