// Which squares of a drawing are dark, row by row: 1 or 0.
([side, path]) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const pen = canvas.getContext("2d");
  pen.fill(new Path2D(path));
  const { data } = pen.getImageData(0, 0, side, side);
  return Array.from({ length: side * side }, (_, i) => (data[4 * i + 3] > 128 ? 1 : 0));
}
