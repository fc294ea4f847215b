#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tailrate::core {

/// A place in an input file. Lines and columns count from 1.
struct Position {
    std::string file;
    int line = 1;
    int column = 1;
};

/// Wrong input of the user: the text says what is wrong, what is allowed and, where a
/// name was misspelt, the nearest valid one. The program ends with exit code 2.
class InputError : public std::runtime_error {
  public:
    explicit InputError(const std::string& text) : std::runtime_error{text} {}

    /// Text "file:line:column: text".
    InputError(const Position& position, const std::string& text);
};

/// Thrown by the factory or check of a catalogue entry for a value that it cannot use;
/// the plan turns it into an InputError at the place where the parameter was written.
class ParameterError : public std::runtime_error {
  public:
    ParameterError(std::string_view parameter, const std::string& text)
        : std::runtime_error{text},
          parameter_{parameter} {}

    /// Dotted name within the section, for example "step.scale".
    [[nodiscard]] const std::string& parameter() const { return parameter_; }

  private:
    std::string parameter_;
};

/// A file that cannot be read or written: the text names the path and the cause. Ends
/// with exit code 2.
class StorageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// A file of a schema that this program does not read yet.
class SchemaError : public StorageError {
  public:
    using StorageError::StorageError;
};

/// A signal asked to stop; what was done so far is kept. Ends with exit code 130.
class Interrupted : public std::runtime_error {
  public:
    Interrupted() : std::runtime_error{"interrupted"} {}
};

/// The name among `valid` with the fewest edits to `name` (at most 3, and fewer than
/// its length); empty when none is near.
[[nodiscard]] std::string nearest(std::string_view name,
                                  const std::vector<std::string>& valid);

/// "; did you mean 'x'?" or nothing.
[[nodiscard]] std::string suggestion(std::string_view name,
                                     const std::vector<std::string>& valid);

}  // namespace tailrate::core
