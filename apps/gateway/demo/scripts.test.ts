import { describe, expect, it } from 'vitest'
import { fixTheCalendar, lookAround, sayWhatIAm, type Script } from './scripts.ts'

const place = { repository: '/workspace/demo', artifacts: '/workspace/artifacts' }
const conversation = { isStreamed: true, hasTools: true, cwd: '/workspace/demo', toolResults: [] as string[] }

const RED = '✖ every fourth century is a leap year after all\n# pass 4\n# fail 1\n'
const GREEN = '# pass 5\n# fail 0\n'

function play(script: Script, toolResults: string[]) {
  const turns = []
  for (let step = 0; step < 20; step++) {
    const turn = script({ ...conversation, step, toolResults: toolResults.slice(0, step) }, place)
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
