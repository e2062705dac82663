export default function HomePage() {
  return (
    <main id="main">
      <h1>Runs</h1>
    </main>
  )
}
