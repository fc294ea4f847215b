#pragma once

#include <cstddef>

/// Sums and order statistics over clients, for every coordinate and seed at once.
namespace tailrate::model {

/// Adds the vectors of `clients` clients, (clients x size), one after the other to
/// `sum`, or to 0 where these are the first. `size` is a multiple of the lanes.
void add_clients(bool are_first,
                 std::size_t clients,
                 std::size_t size,
                 const double* values,
                 double* sum);

/// Sorts `clients` vectors of `size` numbers, (clients x size), element by element:
/// afterwards vector i holds the numbers of rank i. Compare-exchanges of whole vectors
/// in an order that the number of clients alone determines, so that lanes never mix and
/// no branch depends on a number; O(clients log(clients)^2). Where a NaN takes part the
/// numbers are permuted in a fixed way that need not be sorted.
/// Source: Batcher's merge exchange, Knuth, TAOCP 3, section 5.2.2, algorithm M.
void sort_clients(std::size_t clients, std::size_t size, double* values);

/// mean <- the mean of vectors first .. last - 1, added in this order; (size).
void mean_of_clients(std::size_t first,
                     std::size_t last,
                     std::size_t size,
                     const double* values,
                     double* mean);

}  // namespace tailrate::model
