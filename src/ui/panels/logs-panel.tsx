/** What is agreed: every node's log. It fills the box that it is given. */
export function LogsPanel() {
  return (
    <section className="panel logs" aria-label="Logs">
      <p className="empty">Each node’s log appears here, entry by entry. Press play to start the cluster.</p>
    </section>
  );
}
