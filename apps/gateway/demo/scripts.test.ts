import { describe, expect, it } from 'vitest'
import { afterPlan, CALENDAR_PLAN, fixTheCalendar, lookAround, sayWhatIAm, type Script } from './scripts.ts'

const place = { repository: '/workspace/demo', artifacts: '/workspace/artifacts' }
const conversation = {
  isStreamed: true,
  hasTools: true,
  cwd: '/workspace/demo',
  planFile: null as string | null,
  toolResults: [] as string[],
  failedTools: [] as number[],
}

const RED = '✖ every fourth century is a leap year after all\n# pass 4\n# fail 1\n'
const GREEN = '# pass 5\n# fail 0\n'

function play(script: Script, toolResults: string[], more: Partial<typeof conversation> = {}) {
  const turns = []
  for (let step = 0; step < 20; step++) {
    const turn = script({ ...conversation, ...more, step, toolResults: toolResults.slice(0, step) }, place)
    turns.push(turn)
    if (turn.use === undefined) return turns
  }
  throw new Error('the script does not end')
}

describe('the demo model', () => {
  it('says that it is a fixed script at the beginning and at the end of every task', () => {
    for (const script of [fixTheCalendar, lookAround, sayWhatIAm]) {
      const turns = play(script, [RED, '', '', GREEN])
      expect(turns[0]?.say).toContain('a fixed script, not a language model')
      expect(turns.at(-1)?.say).toContain('fixed script')
    }
  })

  it('fixes the demo repository: red, read, edit, green, commit, report', () => {
    const turns = play(fixTheCalendar, [RED, '', '', GREEN])
    expect(turns.map(({ use }) => use?.name)).toEqual(['Bash', 'Read', 'Edit', 'Bash', 'Bash', 'Write', undefined])
  })

  it('does not say that it fixed something when the tests do not say so', () => {
    const cases = { 'no node': ['Exit code 127\nnode: command not found'], 'still red': [RED, '', '', RED] }
    for (const results of Object.values(cases)) {
      const last = play(fixTheCalendar, results).at(-1)?.say
      expect(last).toContain('fixed script')
      expect(last).not.toContain('all tests pass')
    }
  })

  it('proposes its plan where one is asked for, and works only once it is approved', () => {
    const script = afterPlan(fixTheCalendar, CALENDAR_PLAN)
    const asked = { planFile: '/home/agent/plans/a.md' }
    const [plan, propose, ...work] = play(script, ['', 'approved', RED, '', '', GREEN], asked)
    expect(plan?.use).toMatchObject({ name: 'Write', input: { file_path: asked.planFile, content: CALENDAR_PLAN } })
    expect(propose?.use?.name).toBe('ExitPlanMode')
    expect(work.map(({ use }) => use?.name)).toEqual(['Bash', 'Read', 'Edit', 'Bash', 'Bash', 'Write', undefined])
    const refused = play(script, ['', 'A person wants another plan: smaller'], { ...asked, failedTools: [1] })
    expect(refused.map(({ use }) => use?.name)).toEqual(['Write', 'ExitPlanMode', undefined])
    expect(refused.at(-1)?.say).toContain('a fixed script')
  })

  it('changes nothing when the tests pass already', () => {
    for (const green of ['ok 1\n# pass 5\n# fail 0\n', 'ℹ pass 5\nℹ fail 0\nℹ cancelled 0']) {
      expect(play(fixTheCalendar, [green]).map(({ use }) => use?.name)).toEqual(['Bash', 'Write', undefined])
    }
  })

  it('writes what it found and how to add a real model for any other task', () => {
    const [, write] = play(lookAround, ['## main\nREADME.md'])
    expect(write?.use?.input['file_path']).toBe('/workspace/artifacts/report.md')
    expect(write?.use?.input['content']).toContain('    README.md')
    expect(write?.use?.input['content']).toContain('errand credentials add')
  })

  it('survives a folder with a quote in its name', () => {
    const turn = fixTheCalendar({ ...conversation, step: 0 }, { ...place, repository: "/workspace/it's" })
    expect(turn.use?.input['command']).toContain(`cd '/workspace/it'\\''s' &&`)
  })
})
