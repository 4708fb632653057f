/** What happened, and why. It fills the box that it is given. */
export function TimelinePanel() {
  return (
    <section className="panel timeline" aria-label="Timeline">
      <p className="empty">Events appear here as they happen. Press play to start the cluster.</p>
    </section>
  );
}
