import Link from 'next/link'

export function Brand() {
  return (
    <Link className="brand" href="/">
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true">
        <path
          d="M20.6 4.4H8.6a5 5 0 0 0-5 5v5.2a5 5 0 0 0 5 5h12"
          fill="none"
          stroke="currentColor"
          strokeWidth="3.2"
          strokeLinecap="square"
        />
        <path d="M5.2 8.3 21 12 5.2 15.7z" fill="var(--flag)" />
      </svg>
      Errand
    </Link>
  )
}
