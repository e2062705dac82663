import { FolderGit2, KeyRound, Smartphone } from 'lucide-react'
import { ButtonLink } from '../../ui/Button.tsx'
import { PhoneAddress } from './PhoneAddress.tsx'

/** What makes it somebody's own. */
export function NextSteps() {
  return (
    <section aria-labelledby="make-it-yours">
      <h2 id="make-it-yours" className="first-head">
        Then make it yours
      </h2>
      <div className="do">
        <KeyRound className="i" aria-hidden="true" />
        <div>
          <h3>Add a model key</h3>
          <p className="two small">
            An API key, a subscription token, or any compatible URL. It is sealed before it is stored; only the gateway
            can open it.
          </p>
          <div className="inl">
            <ButtonLink href="/credentials?add=anthropic-key">Add a key</ButtonLink>
          </div>
        </div>
      </div>
      <div className="do">
        <FolderGit2 className="i" aria-hidden="true" />
        <div>
          <h3>Connect a repository</h3>
          <p className="two small">
            Any https git address, or one that Errand keeps here. Runs push to their own branches only.
          </p>
          <div className="inl">
            <ButtonLink href="/repositories">Add a repository</ButtonLink>
          </div>
        </div>
      </div>
      <div className="do">
        <Smartphone className="i" aria-hidden="true" />
        <div>
          <h3>Bring your phone</h3>
          <PhoneAddress />
        </div>
      </div>
    </section>
  )
}
