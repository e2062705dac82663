import { describe, expect, it } from 'vitest'
import { fixTheCalendar, lookAround, sayWhatIAm, type Script } from './scripts.ts'

const place = { cwd: '/work/demo', repository: '/work/demo' }
const conversation = { isStreamed: true, hasTools: true, cwd: '/work/demo', toolResults: [] as string[] }

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
      const turns = play(script, ['# fail 1'])
      expect(turns[0]?.say).toContain('a fixed script, not a language model')
      expect(turns.at(-1)?.say).toContain('fixed script')
    }
  })

  it('fixes the demo repository: red, read, edit, green, commit, report', () => {
    const turns = play(fixTheCalendar, ['# fail 1'])
    expect(turns.map(({ use }) => use?.name)).toEqual(['Bash', 'Read', 'Edit', 'Bash', 'Bash', 'Write', undefined])
  })

  it('changes nothing when the tests pass already', () => {
    for (const green of ['ok 1\n# pass 5\n# fail 0\n', 'ℹ pass 5\nℹ fail 0\nℹ cancelled 0']) {
      expect(play(fixTheCalendar, [green]).map(({ use }) => use?.name)).toEqual(['Bash', 'Write', undefined])
    }
  })

  it('writes what it found and how to add a real model for any other task', () => {
    const [, write] = play(lookAround, ['## main\nREADME.md'])
    expect(write?.use?.input['file_path']).toBe('/work/demo/artifacts/report.md')
    expect(write?.use?.input['content']).toContain('    README.md')
    expect(write?.use?.input['content']).toContain('errand credentials add')
  })

  it('survives a folder with a quote in its name', () => {
    const turn = fixTheCalendar({ ...conversation, step: 0 }, { ...place, repository: "/work/it's" })
    expect(turn.use?.input['command']).toContain(`cd '/work/it'\\''s' &&`)
  })
})
