"""From an exchange to the pictures in it: recognise, cut out, bind."""
