import { HEALTH, type Health } from './health.ts'

export function HealthLabel({ health, boxed = false }: { health: Health; boxed?: boolean }) {
  const { word, icon: Icon, tone } = HEALTH[health]
  return (
    <span className={`state ${tone} ${boxed ? 'box' : ''}`.replace(/ +/g, ' ').trim()}>
      <Icon className="i s" aria-hidden="true" />
      {word}
    </span>
  )
}
