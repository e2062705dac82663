import { Appearance } from './Appearance.tsx'
import { NetworkSettings } from './NetworkSettings.tsx'
import { PasskeyList } from './PasskeyList.tsx'
import { PasswordSettings } from './PasswordSettings.tsx'
import { RunSettings } from './RunSettings.tsx'
import { SessionList } from './SessionList.tsx'
import { Spend } from './Spend.tsx'
import { TokenList } from './TokenList.tsx'

const PARTS = [
  ['spend', 'Spend'],
  ['runs', 'Runs'],
  ['network', 'Network'],
  ['passkeys', 'Passkeys'],
  ['password', 'Password'],
  ['sessions', 'Signed in'],
  ['tokens', 'API tokens'],
  ['appearance', 'Appearance'],
] as const

export function Settings() {
  return (
    <>
      <h1>Settings</h1>
      <div className="cols settings">
        <div>
          <Spend />
          <RunSettings />
          <NetworkSettings />
          <PasskeyList />
          <PasswordSettings />
          <SessionList />
          <TokenList />
          <Appearance />
        </div>
        <nav className="side stick no-phone" aria-label="On this page">
          <ul className="toc">
            {PARTS.map(([id, name]) => (
              <li key={id}>
                <a href={`#${id}`}>{name}</a>
              </li>
            ))}
          </ul>
        </nav>
      </div>
    </>
  )
}
