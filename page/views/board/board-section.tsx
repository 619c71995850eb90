/** The matrix as it stands below the servers of the view `now`. */
export default function BoardSection() {
  return null;
}
