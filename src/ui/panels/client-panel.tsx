/** What was asked, and what came of it. It fills the box that it is given. */
export function ClientPanel() {
  return (
    <section className="panel client" aria-label="Client">
      <p className="empty">Requests appear here with what became of them. Type x=5 to write a key.</p>
    </section>
  );
}
