import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readConfig } from '../config.ts'
import { findPlace } from '../connection/place.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'errand-place-'))
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const config = (env: Record<string, string> = {}) =>
  readConfig({ ERRAND_DATA_DIR: join(home, 'data'), XDG_CONFIG_HOME: join(home, 'config'), ...env })

function write(path: string, text: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}

describe('which Errand a command talks to', () => {
  test('none: says how to get one', () => {
    expect(() => findPlace(config())).toThrow('No Errand is known here')
  })

  test('the one of this machine needs no login, and comes before the one of a login', () => {
    write('config/errand/login.json', '{"address":"https://far.example","token":"far"}')
    expect(findPlace(config())).toEqual({ address: 'https://far.example', token: 'far' })
    write('data/address', 'http://127.0.0.1:8470\n')
    write('data/cli-token', 'near\n')
    expect(findPlace(config())).toEqual({ address: 'http://127.0.0.1:8470', token: 'near' })
  })

  test('a token is never sent to an address it does not belong to', () => {
    write('data/address', 'http://127.0.0.1:8470')
    write('data/cli-token', 'near')
    expect(() => findPlace(config({ ERRAND_URL: 'https://other.example' }))).toThrow(
      'no token for https://other.example',
    )
    expect(findPlace(config({ ERRAND_URL: 'http://127.0.0.1:8470/' })).token).toBe('near')
    expect(findPlace(config({ ERRAND_URL: 'https://other.example', ERRAND_TOKEN: 'own' }))).toEqual({
      address: 'https://other.example',
      token: 'own',
    })
  })
})
