import { X } from 'lucide-react'
import { Button } from '../../ui/Button.tsx'
import { Dialog } from '../../ui/Dialog.tsx'
import { KEYBOARD } from './keyboardMap.ts'

export function KeyboardList({ onClose }: { onClose: () => void }) {
  return (
    <Dialog name="Keyboard" className="keys" onClose={onClose}>
      <div className="bar">
        <h2>Keyboard</h2>
        <Button tone="bare" square icon={X} onClick={onClose}>
          Close
        </Button>
      </div>
      {KEYBOARD.map((group) => (
        <section key={group.name}>
          <h3>{group.name}</h3>
          <dl>
            {group.keys.map(([keys, does]) => (
              <div key={does}>
                <dt>
                  {keys.map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{does}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <p className="small two">
        No single key grants anything. Keys without ⌘ or Ctrl can be switched off in the settings.
      </p>
    </Dialog>
  )
}
